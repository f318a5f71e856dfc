// What a server says beside its answers, as this library has to know it.

/** Why a server closes a connection that goes on sending what it refuses (LI14). */
export const TOO_MANY_COMMANDS = "too many commands";

/** How long a command waits that a server refused for its pace without a time, in milliseconds. */
export const LATER_MILLIS = 1000;
