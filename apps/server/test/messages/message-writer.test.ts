import type { Instant, Told } from '@stayward/core'
import { describe, expect, it } from 'vitest'
import { createMessageWriter, problemsOf } from '../../src/messages/message-writer.ts'
import { defaultTemplates, templateNames } from '../../src/messages/templates.ts'

// Synthetic people and places.
const told: Told = {
  unit: 'Loft Nord',
  property: 'Quai House',
  zone: 'Europe/Paris',
  window: { from: '2026-07-10T13:00:00.000Z' as Instant, until: '2026-07-14T09:30:00.000Z' as Instant },
  doors: [
    {
      name: 'Street door',
      instruction: { en: 'press the bell, then the code', de: 'Klingel, dann Code' },
      enter: '124711',
    },
    { name: 'Lobby', instruction: { en: 'push hard' } },
    { name: 'Flat', instruction: {}, enter: '4711' },
  ],
}
const write = (language: string | undefined, form: 'plain' | 'letter', guestName?: string) =>
  createMessageWriter({}, 'de').write({
    kind: 'door-code',
    form,
    told,
    ...(language === undefined ? {} : { language }),
    ...(guestName === undefined ? {} : { guestName }),
  })

describe('the words a guest reads', () => {
  it('tell the whole path in order, prefix included, on the property clock', () => {
    expect(write('en', 'plain', 'Ada').text).toMatchInlineSnapshot(`
      "Hello Ada, your way into Loft Nord, Quai House, from Fri 10 Jul, 15:00 until Tue 14 Jul, 11:30:
      1. Street door: 124711 (press the bell, then the code)
      2. Lobby: push hard
      3. Flat: 4711"
    `)
  })

  it('are in the guest’s language, else the tenant’s, else English', () => {
    expect(write('pl', 'plain').text).toContain('Wejście do Loft Nord')
    expect(write('xx', 'plain').text).toContain('Weg in Loft Nord')
    expect(createMessageWriter({}, 'xx').write({ kind: 'door-code', form: 'plain', told }).language).toBe('en')
  })

  it('have every template in every language, each naming what it must', () => {
    for (const [language, templates] of Object.entries(defaultTemplates)) {
      expect(Object.keys(templates).sort()).toEqual([...templateNames].sort())
      expect(problemsOf({ [language]: templates })).toEqual([])
    }
  })

  it('stay on one line for a name with line breaks, markup and braces', () => {
    const { text } = write('en', 'plain', 'Eve\n{doors}<b>\u202e')
    expect(text.split('\n')[0]).toContain('Hello Eve {doors}<b>, your way')
  })

  it('may be the tenant’s own, and those that hide the code are refused', () => {
    const own = { en: { 'door-code.plain': 'Welcome! {doors}' } }
    expect(problemsOf(own)).toEqual([])
    expect(createMessageWriter(own, 'en').write({ kind: 'door-code', form: 'plain', told }).text).toMatch(
      /^Welcome! 1\. Street door: 124711/,
    )
    expect(problemsOf({ en: { 'door-code.plain': 'Welcome!' } })[0]).toContain('leaves out {doors}')
    expect(problemsOf({ en: { 'change.plain': '{doors' } })[0]).toContain('cannot be read')
    expect(problemsOf({ english: {} })[0]).toContain('two letters')
  })
})
