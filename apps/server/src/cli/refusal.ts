import { AdapterError } from '@stayward/core'
import { codeOf, isDatabaseAway } from '../persistence/database-away.ts'
import { HouseProblem } from '../persistence/house/house-problem.ts'

/** What is in the way, for a person, and what to do about it. */
export interface Problem {
  readonly text: string
  readonly remedy?: string
}

/** A command that does not do what it was asked. 1: refused or failed. 2: asked for in a way that cannot be meant. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly problems: readonly Problem[]
  readonly exitCode: 1 | 2

  constructor(problems: readonly Problem[], exitCode: 1 | 2 = 1, cause?: unknown) {
    super(problems.map(({ text }) => text).join('\n'), cause === undefined ? undefined : { cause })
    this.problems = problems
    this.exitCode = exitCode
  }
}

export function refuse(text: string, remedy?: string): Refusal {
  return new Refusal([remedy === undefined ? { text } : { text, remedy }])
}

/** The command line itself cannot be meant so. */
export function wrongUsage(text: string, remedy?: string): Refusal {
  return new Refusal([remedy === undefined ? { text } : { text, remedy }], 2)
}

/** Any error as what a person reads. What a database says could quote rows, so only its code is shown. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof HouseProblem || AdapterError.is(error))
    return new Refusal([{ text: error.message, remedy: error.remedy }])
  const code = codeOf(error)
  if (isDatabaseAway(error))
    return refuse(
      `The database does not answer (${code ?? 'connection lost'}).`,
      'Is it running, and is DATABASE_URL right? See with: stayward doctor',
    )
  const name = error instanceof Error ? error.name : typeof error
  const at = error instanceof Error ? (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line)) : undefined
  return refuse(
    `Something went wrong that Stayward did not expect: ${[name, code, at?.trim()].filter(Boolean).join(', ')}.`,
    'Try again. If it stays so, report this line; it holds no secret.',
  )
}
