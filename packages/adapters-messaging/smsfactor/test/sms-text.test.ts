import { describe, expect, it } from 'vitest'
import { partsOf, smsTextOf } from '../src/adapter.ts'

const basicAlphabet =
  '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'

describe('the alphabet', () => {
  it('takes every GSM-7 character as one septet', () => {
    expect(smsTextOf(basicAlphabet)).toEqual({
      text: basicAlphabet,
      unicode: 0,
      units: Array.from(basicAlphabet).length,
      parts: 1,
    })
  })
  it('counts each of ^ { } \\ [ ~ ] | € twice', () => {
    expect(smsTextOf('^{}\\[~]|€')).toMatchObject({ unicode: 0, units: 18 })
  })
  it.each(Array.from('êâîôûëïçłąćńśźżабв😀'))('asks for Unicode for %s', (character) => {
    expect(smsTextOf(`code ${character}`).unicode).toBe(1)
  })
  it.each(Array.from('àéèùìòÇñüöä'))('does not ask for Unicode for %s', (character) => {
    expect(smsTextOf(`code ${character}`).unicode).toBe(0)
  })
})

describe('typography', () => {
  it.each([
    ['‘L’entrée’', "'L'entrée'"],
    ['“Salon” «Sud» „Hof‟', '"Salon" "Sud" "Hof"'],
    ['11–13 — non‑stop', '11-13 - non-stop'],
    ['un instant…', 'un instant...'],
    ['16\u00a0h\u202f!', '16 h !'],
    ['sœur ŒUVRE', 'soeur OEUVRE'],
    ['a\u200bb\ufeff\u00adc', 'abc'],
    ['un\r\ndeux', 'un\ndeux'],
    ['e\u0301te\u0301', 'été'],
  ])('%s goes out as %s in GSM-7', (written, sent) => {
    expect(smsTextOf(written)).toMatchObject({ text: sent, unicode: 0 })
  })
})

describe('parts', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['160 GSM-7 characters', 1, 'a'.repeat(160)],
    ['161', 2, 'a'.repeat(161)],
    ['306', 2, 'a'.repeat(306)],
    ['307', 3, 'a'.repeat(307)],
    ['765, our limit', 5, 'a'.repeat(765)],
    ['80 euro signs', 1, '€'.repeat(80)],
    ['81 euro signs', 2, '€'.repeat(81)],
    ['153 euro signs: an escape is not torn from its character', 3, '€'.repeat(153)],
    ['70 in Unicode', 1, 'ł'.repeat(70)],
    ['71 in Unicode', 2, 'ł'.repeat(71)],
    ['134 in Unicode', 2, 'ł'.repeat(134)],
    ['135 in Unicode', 3, 'ł'.repeat(135)],
    ['35 emoji', 1, '😀'.repeat(35)],
    ['67 emoji: none is cut in half', 3, '😀'.repeat(67)],
    ['nothing', 1, ''],
  ]
  it.each(cases)('%s make %i', (_, parts, text) => {
    expect(partsOf(text)).toBe(parts)
  })
})

describe('accents: strip', () => {
  it('saves Unicode where letters only lose an accent', () => {
    expect(smsTextOf('Wejście: żółte drzwi, fenêtre à gauche', 'strip')).toMatchObject({
      text: 'Wejscie: zólte drzwi, fenetre à gauche'.replace('ó', 'o'),
      unicode: 0,
    })
  })
  it('leaves a text alone that needs Unicode anyway', () => {
    expect(smsTextOf('être 😀', 'strip')).toMatchObject({ text: 'être 😀', unicode: 1 })
  })
})
