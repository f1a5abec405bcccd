import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { root } from './architecture/source.ts'
import { bugBank, listed, notYet } from './bug-bank/bank.ts'
import { patchesFor, planted } from './bug-bank/planted.ts'

describe('the bug bank', () => {
  it.each(bugBank)('$id: $name — fits into today’s sources and leaves them readable', (bug) => {
    expect(bug.patches.length).toBeGreaterThan(0)
    for (const file of new Set(bug.patches.map((patch) => patch.file))) {
      const source = readFileSync(join(root, file), 'utf8')
      const changed = planted(source, patchesFor(bug, join(root, file)))
      expect(changed, file).not.toBe(source)
      expect(parseSync(file, changed).errors, file).toEqual([])
    }
  })

  it.each(bugBank)('$id: $name — is proven by tests that are there', ({ proof }) => {
    expect(proof.files.length).toBeGreaterThan(0)
    expect(proof.files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('holds every bug of the list once, or says which part is missing', () => {
    const ids = [...bugBank.map(({ id }) => id), ...notYet.keys()].sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: listed }, (_, index) => index + 1))
    for (const part of notYet.values()) expect(part).not.toBe('')
  })
})
