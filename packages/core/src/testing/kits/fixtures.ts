import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const fixtureSchema = z.strictObject({
  /** Where the shape comes from. */
  source: z.string().regex(/\w{4}/),
  /** The day a live account answered so; null while there is none. */
  capturedAt: z.iso.date().nullable(),
  note: z.string().regex(/\w/),
  /** What the vendor said; a text where it is not JSON. */
  body: z.json(),
})

export type Fixture = z.output<typeof fixtureSchema>

export interface Fixtures {
  /** Without `.json`, in order. */
  readonly names: readonly string[]
  /** Throws for a fixture that is not there or does not say where its shape comes from. */
  read(name: string): Fixture
}

/** The fixtures of a folder: `fixturesIn(new URL('fixtures/', import.meta.url))`. */
export function fixturesIn(folder: URL): Fixtures {
  return {
    names: readdirSync(folder)
      .toSorted()
      .map((file) => file.replace(/\.json$/, '')),
    read: (name) => fixtureSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))),
  }
}

/** Every fixture says where its shape comes from, when it was captured (or that it was not), and what it is for. */
export function describeFixtures({ names, read }: Fixtures): void {
  describe('fixtures', () => {
    it.each(names)('%s says where its shape comes from', (name) => {
      expect(() => read(name)).not.toThrow()
    })
  })
}
