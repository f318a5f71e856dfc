// How a command ends, and the errors that say so.
//
// A command that throws ends with a sentence on the standard error output and one of these codes, on which scripts may rely. An
// error that is not a `CommandFailure` is a check that failed, or a mistake of ours. Keeps HC2, HC16, HC17, HC18, HC20 and HC43.

export const EXIT = { refused: 1, usage: 2, notReachable: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: Readonly<Record<0 | ExitCode, string>> = {
  0: "all is well; a command that runs until Ctrl-C ends with 0 then",
  [EXIT.refused]: "the herd refused it, or a check failed",
  [EXIT.usage]: "it was typed wrong: there is no such command, option, value or server, or they do not go together",
  [EXIT.notReachable]: "no herd answers at that address",
  [EXIT.interrupted]: "Ctrl-C, before the command was done",
};

/** For the help of the whole command line. */
export const EXIT_HELP = `Ends with:\n${Object.entries(MEANINGS)
  .map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`)
  .join("\n")}`;

export interface FailureOptions extends ErrorOptions {
  /** Why the herd refused, for programs. */
  readonly code?: string;
}

/** The message says what to do. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly code: string | undefined;

  constructor(exitCode: ExitCode, message: string, { code, ...options }: FailureOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.code = code;
  }
}
