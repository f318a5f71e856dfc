// `metrics`: the herd's numbers as a monitoring system scrapes them.

import { Command } from "commander";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, urlOption } from "../terminal/options.ts";
import { printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { fetchHerdText } from "../net/herd-http.ts";

export function metrics(): Command {
  const command = new Command("metrics")
    .description("prints the herd's numbers, in Prometheus' text format")
    .addOption(urlOption())
    .addOption(jsonOption("each number"))
    .action(async ({ url, json }: { readonly url: string; readonly json?: true }) => {
      const text = await fetchHerdText(new URL("/metrics", url));
      if (json) for (const sample of samplesOf(text)) printJson(sample);
      else process.stdout.write(text);
    });
  return addExamples(command, [`${PROGRAM} metrics | grep herd_feed_behind_seconds`]);
}

interface MetricSample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The numbers of a text in Prometheus' format, as this herd writes it: no label has an escape, no number a time. */
function samplesOf(text: string): MetricSample[] {
  return text.split("\n").flatMap((line) => {
    const [, metric, labels = "", value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (metric === undefined || value === undefined) return [];
    const named = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", label = ""]) => [name, label]);
    return [{ metric, labels: Object.fromEntries(named), value: Number(value) }];
  });
}
