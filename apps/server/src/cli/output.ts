import type { Io } from './io.ts'
import type { Refusal } from './refusal.ts'

/** What a command ends with: one object for machines. `ok: false`: something is left for a person to do. */
export type Outcome = { readonly ok?: boolean } & Readonly<Record<string, unknown>>

/** Speaks to people, or, with --json, to machines: one object a line, the last one being the result. */
export interface Output {
  /** A line for people; silent with --json. */
  say(line?: string): void
  /** A list for people, in columns; `none` when it is empty. */
  table(rows: readonly Readonly<Record<string, string>>[], none: string): void
  /** Something that happened on the way, for machines. */
  event(event: Readonly<Record<string, unknown>>): void
  /** Something worth knowing that changes nothing. */
  note(text: string): void
  finish(outcome: Outcome): number
  fail(refusal: Refusal): number
}

export function createOutput(io: Pick<Io, 'out' | 'err'>, json: boolean): Output {
  const print = (object: Readonly<Record<string, unknown>>) => io.out(JSON.stringify(object))
  return json
    ? {
        say: () => undefined,
        table: () => undefined,
        event: print,
        note: (text) => print({ note: text }),
        finish: ({ ok = true, ...rest }) => {
          print({ ok, ...rest })
          return ok ? 0 : 1
        },
        fail: ({ problems, exitCode }) => {
          print({ ok: false, problems })
          return exitCode
        },
      }
    : {
        say: (line = '') => io.out(line),
        table: (rows, none) => {
          for (const line of rows.length === 0 ? [none] : columns(rows)) io.out(line)
        },
        event: () => undefined,
        note: (text) => io.err(`Note: ${text}`),
        finish: ({ ok = true }) => (ok ? 0 : 1),
        fail: ({ problems, exitCode }) => {
          for (const { text, remedy } of problems) {
            io.err(text)
            if (remedy !== undefined) io.err(`  ${remedy}`)
          }
          return exitCode
        },
      }
}

/** A heading and the rows, each column as wide as its widest text. */
function columns(rows: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const names = Array.from(new Set(rows.flatMap((row) => Object.keys(row))))
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))))
  return lines.map((line) =>
    line
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - lengthOf(text)))
      .join('  ')
      .trimEnd(),
  )
}

/** Letters as a person counts them. */
const lengthOf = (text: string): number => Array.from(text).length

/** `2026-07-10 08:00 UTC`, short enough for a list. */
export function clockTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
}
