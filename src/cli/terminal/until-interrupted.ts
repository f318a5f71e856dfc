// Commands that run until Ctrl-C. A signal tells them; they end what they began, and end with 0. Keeps HC19.

/** A signal that aborts at Ctrl-C, or when the process is asked to end. A second Ctrl-C ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

/** Waits that long, or until the signal aborts. */
export async function pause(millis: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, millis);
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) resolve();
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
