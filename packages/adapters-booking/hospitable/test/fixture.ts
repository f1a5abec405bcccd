import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Fixture {
  /** Where the shape comes from. */
  readonly source: string
  /** The day a live account answered so; null while there is none. */
  readonly capturedAt: string | null
  readonly note: string
  readonly body: unknown
}

const folder = join(import.meta.dirname, 'fixtures')

export function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Fixture // our own files; a test checks them all
}

export function fixtureNames(): readonly string[] {
  return readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
}
