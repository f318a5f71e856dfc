// How every script ends: with 0 if it succeeded, otherwise with 1 and a sentence, never with a stack.

/** Runs a script's body, which returns whether it succeeded. */
export async function runScript(body: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await body()) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
