import { expect, test } from "vitest";
import { reportText, silenceText } from "../../../src/cli/net/print-report.ts";
import { readReport, readSilence } from "../../../src/client/client-report.ts";

test("[HC64] a person is told how long ago a report was heard, in words", () => {
  const report = readReport("AT Alford +10.000000000 kiwi +1+1 990")?.report;
  const textAt = (nowMillis: number) => report && reportText(report, nowMillis);
  expect(textAt(1_180_000)).toBe("AT Alford +10.000000000 kiwi +1+1 990  (heard 3 minutes ago)");
  // The clock of this machine is behind that of the server.
  expect(textAt(0)).toBe("AT Alford +10.000000000 kiwi +1+1 990  (heard just now)");
});

test.each([
  ["SILENT kiwi 1000.5", "SILENT kiwi 1000.5  (last heard 1 minute ago)"],
  ["SILENT kiwi 0", "SILENT kiwi 0  (never heard)"],
])("[HC65] of %s a person is told %s", (line, text) => {
  const silence = readSilence(line);
  expect(silence && silenceText({ ...silence, silentSeconds: 60 }, 1_060_500)).toBe(text);
});
