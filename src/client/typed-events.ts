// An EventTarget whose events have types. It contains an EventTarget and does not extend it, because the platforms' declarations
// of EventTarget differ. Only what they share is used.

export interface ListenerOptions {
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

export class TypedEvents<Events extends Readonly<Record<string, Event>>> {
  readonly #target = new EventTarget();

  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options: ListenerOptions = {},
  ): void {
    this.#target.addEventListener(type, listener as (event: Event) => void, options);
  }

  removeEventListener<Type extends keyof Events & string>(type: Type, listener: (event: Events[Type]) => void): void {
    this.#target.removeEventListener(type, listener as (event: Event) => void);
  }

  protected dispatch(event: Events[keyof Events]): void {
    this.#target.dispatchEvent(event);
  }
}
