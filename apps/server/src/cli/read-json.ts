import type { Io } from './io.ts'
import { codeOf } from '../persistence/database-away.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * The JSON of a file, or of standard input for `-`. A refusal never quotes what is in it: it may hold secrets, and
 * JavaScript's own sentence would.
 */
export async function readJson(io: Pick<Io, 'read'>, path: string): Promise<unknown> {
  const from = path === '-' ? 'Standard input' : path
  let text: string
  try {
    text = await io.read(path)
  } catch (error) {
    throw unreadable(path, error)
  }
  if (text.trim() === '') throw refuse(`${from} is empty.`, 'Write the JSON into it.')
  try {
    return JSON.parse(text)
  } catch (error) {
    const [, place] = /\((line \d+ column \d+)\)/.exec(error instanceof Error ? error.message : '') ?? []
    throw refuse(
      `${from} is not JSON${place === undefined ? '' : ` (${place})`}.`,
      'Names and texts stand in double quotes, a comma stands between two entries and none after the last.',
    )
  }
}

function unreadable(path: string, error: unknown): Refusal {
  const code = codeOf(error)
  const reason =
    code === 'ENOENT'
      ? 'is not there'
      : code === 'EACCES'
        ? 'may not be read'
        : `cannot be read (${code ?? 'unknown error'})`
  return refuse(`${path} ${reason}.`, 'Relative names begin at the folder of the hub.')
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
