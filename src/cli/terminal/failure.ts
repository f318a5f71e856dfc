// How a command ends, and the errors that say so.
//
// Whatever a command throws ends it with a sentence on the standard error output and one of these codes, which scripts may
// rely on. What is no `CommandFailure` is a check that failed, or a mistake of ours. Keeps HD10.

export const EXIT = {
  /** The herd refused what was asked, or something that was looked for is not so. */
  refused: 1,
  /** The command cannot be understood, or cannot be done with these options. */
  usage: 2,
  /** No herd answers there. */
  notReachable: 3,
  /** Ctrl-C, as shells tell it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The message says what to do. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** For the help of the whole command line. */
export const EXIT_HELP = `Ends with:
  0    all is well
  ${EXIT.refused}    the herd refused it, or a check failed
  ${EXIT.usage}    the command was not understood
  ${EXIT.notReachable}    no herd is reached at that address
  ${EXIT.interrupted}  interrupted with Ctrl-C; what runs until then, such as up and gateway, ends with 0`;
