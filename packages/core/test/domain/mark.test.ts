import fc from 'fast-check'
import { expect, it } from 'vitest'
import { marked, markIn, markOf } from '../../src/domain/mark.ts'

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count })

it('a mark has 14 characters and is found at the start of a field, alone or before words', () => {
  fc.assert(
    fc.property(bytes(4), bytes(8), (connection, code) => {
      const mark = markOf(connection, code)
      expect(mark).toMatch(/^sw[0-9a-hjkmnp-tv-z]{12}$/)
      expect(markIn(mark)).toBe(mark)
      expect(markIn(marked(mark, 'Ada', 20))).toBe(mark)
      expect(marked(mark, 'a very long first name', 20).length).toBeLessThanOrEqual(20)
    }),
  )
})

it('is never found inside other text, as a piece of a longer word, or in another case', () => {
  const mark = 'swabcdefgh1234'
  for (const field of [
    `x${mark}`,
    ` ${mark}`,
    `${mark}5`,
    `${mark}x`,
    mark.toUpperCase(),
    'swabcdefgh123',
    'sweet home',
    '',
    null,
    undefined,
  ])
    expect(markIn(field)).toBeUndefined()
})
