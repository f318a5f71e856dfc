// Every subject, in the order of the table.

import type { Subject } from "../subject.ts";
import { durableIamat } from "./durable-iamat.ts";

export const SUBJECTS: readonly Subject[] = [...durableIamat];
