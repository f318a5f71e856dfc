// How every script ends: with 0 if it did what it was for, else with 1 and a sentence, never a stack.

/** Runs a script's body, which says whether all went well. */
export async function runScript(body: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await body()) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
