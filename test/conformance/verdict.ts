import { type Trap, trapsMet } from './traps.ts'

export interface TestResult {
  readonly file: string
  /** With the names of the blocks it stands in. */
  readonly name: string
  readonly passed: boolean
}

export interface Verdict {
  readonly tests: { readonly contract: number; readonly all: number; readonly failed: readonly string[] }
  readonly traps: {
    readonly known: number
    readonly covered: number
    /** Traps without a test, with the reason that the vendor's page gives. */
    readonly explained: Readonly<Record<number, string>>
    /** Traps with neither, and numbers that tests name and the page does not. */
    readonly missing: readonly string[]
  }
}

/** What an adapter's own tests say of it, beside the traps that its vendor's page lists. */
export function verdictOf(results: readonly TestResult[], traps: readonly Trap[]): Verdict {
  const passed = results.filter((result) => result.passed)
  const met = new Set(passed.flatMap(({ name }) => trapsMet(name)))
  const open = traps.filter(({ number }) => !met.has(number))
  const unknown = [...met].filter((number) => !traps.some((trap) => trap.number === number))
  return {
    tests: {
      contract: passed.filter(({ file }) => file.endsWith('/test/contract.test.ts')).length,
      all: passed.length,
      failed: results.filter((result) => !result.passed).map(({ name }) => name),
    },
    traps: {
      known: traps.length,
      covered: traps.length - open.length,
      explained: Object.fromEntries(
        open.flatMap(({ number, untested }) => (untested === undefined ? [] : [[number, untested]])),
      ),
      missing: [
        ...open.filter(({ untested }) => untested === undefined).map(({ number, text }) => `${number}. ${text}`),
        ...unknown.map((number) => `${number}. is named by a test and not by the page`),
      ],
    },
  }
}

/** Whether an adapter may say of itself that it conforms. */
export function conforms({ tests, traps }: Verdict): boolean {
  return tests.contract > 0 && tests.failed.length === 0 && traps.known > 0 && traps.missing.length === 0
}
