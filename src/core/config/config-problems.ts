// What is wrong with a configuration, in the words of who wrote it: servers by their names, settings as they are in the file.
//
// Each problem names the setting, what it must be, and the value that was found. A setting that does not exist comes with the one
// that was probably meant. A value that may be a secret is not shown. Keeps HD1 and AC21.

import * as z from "zod";

/** The nearest of some names; `undefined` if none is near. */
export type ClosestName = (name: string, names: readonly string[]) => string | undefined;

/** Settings that had another name before: the error names the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  "peers.holdSeconds": "peers.writeBehindSeconds",
  "peers.holdQuietSeconds": "peers.writeBehindQuietSeconds",
  "peers.holdReports": "peers.writeBehindReports",
};

/** ` Did you mean Kyiv?`, or nothing. */
export function meantHint(name: string, names: readonly string[], closest: ClosestName | undefined): string {
  const meant = closest?.(name, names);
  return meant === undefined || meant === name ? "" : `. Did you mean ${meant}?`;
}

/** The problems of one issue. `json` is the whole configuration as it was found. */
export function problemsOfIssue(
  issue: z.core.$ZodIssue,
  json: unknown,
  schema: z.ZodType,
  closest: ClosestName | undefined,
): string[] {
  if (issue.code !== "unrecognized_keys") return [describeValue(issue, json, closest)];
  const known = settingsAt(schema, issue.path);
  const place = issue.path.length === 0 ? "" : `${placeOf(issue.path, json)}: `;
  return issue.keys.map((key) => {
    const now = RENAMED[[...issue.path, key].join(".")];
    if (now !== undefined) return `${place}${key} is now called ${now}`;
    // The value is not shown: it may be a secret that was put into the wrong file.
    const section = known.includes(key) ? undefined : sectionWith(schema, key);
    const hint = section === undefined ? meantHint(key, known, closest) : `: it belongs into ${section}`;
    return `${place}there is no setting ${key}${hint}`;
  });
}

function describeValue(issue: z.core.$ZodIssue, json: unknown, closest: ClosestName | undefined): string {
  const place = placeOf(issue.path, json);
  // Of a setting that is not there, the issue may have the section.
  const value = "input" in issue && isThere(json, issue.path) ? issue.input : undefined;
  if (value === undefined) return `${place}: this setting is missing; it ${requirementOf(issue)}`;
  const hint =
    issue.code === "invalid_value" && typeof value === "string"
      ? meantHint(value, issue.values.map(String), closest)
      : "";
  return `${place}: ${requirementOf(issue)}: current value is ${JSON.stringify(value)}${hint}`;
}

function isThere(json: unknown, path: readonly PropertyKey[]): boolean {
  let found = json;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return false;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return true;
}

/** What a value has to be. */
function requirementOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${WORDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `must ${bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum)}`;
    case "too_big":
      return `must ${bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum)}`;
    case "invalid_format":
      return issue.format === "url" ? "must be a web address, such as https://herd.example" : issue.message;
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return issue.message;
    default:
      return issue satisfies never;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  array: "a list",
  object: "an object",
  boolean: "true or false",
};

function bound(origin: string, comparison: string, limit: number | bigint): string {
  const isSize = origin === "array" || origin === "string";
  const unit = origin === "array" ? " entry or more" : " characters";
  if (origin === "array" && comparison === "at least" && limit === 1) return `have 1${unit}`;
  return isSize ? `have ${comparison} ${limit}${origin === "array" ? " entries" : unit}` : `be ${comparison} ${limit}`;
}

/** `Oslo: location`, `limits.lineBytes`: a setting, of a server by its name. */
function placeOf(path: readonly PropertyKey[], json: unknown): string {
  const [first, index, ...rest] = path;
  if (first === undefined) return "(top)";
  if (first !== "servers" || typeof index !== "number") return path.map(String).join(".");
  return [serverAt(json, index), ...(rest.length === 0 ? [] : [rest.map(String).join(".")])].join(": ");
}

/** A server by its name, or by its place if it has none. */
function serverAt(json: unknown, index: number): string {
  const named = z.object({ servers: z.array(z.unknown()) }).safeParse(json).data?.servers[index];
  const name = z.object({ name: z.string().min(1) }).safeParse(named).data?.name;
  return name ?? `server ${index + 1} of the list`;
}

/** The names of the settings at that place. */
function settingsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found: unknown = schema;
  for (const key of [...path, undefined]) {
    while (found instanceof z.ZodOptional || found instanceof z.ZodDefault || found instanceof z.ZodPrefault)
      found = found.unwrap();
    if (key === undefined) break;
    if (found instanceof z.ZodArray) found = found.element;
    else if (found instanceof z.ZodObject) found = found.shape[String(key)];
  }
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The section that has a setting of this name. */
function sectionWith(schema: z.ZodType, setting: string): string | undefined {
  return settingsAt(schema, []).find((section) => settingsAt(schema, [section]).includes(setting));
}
