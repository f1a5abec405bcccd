/** A text as it goes over the air. */
export interface SmsText {
  readonly text: string
  /** 0: the GSM-7 alphabet, 1: UCS-2. The vendor's own word for it. */
  readonly unicode: 0 | 1
  /** Septets in GSM-7, 16-bit units in UCS-2. */
  readonly units: number
  /** Text messages that the phone puts together again; each is paid for. */
  readonly parts: number
}

/** `strip`: letters that GSM-7 lacks lose their accents where that makes the whole text fit in. */
export type Accents = 'keep' | 'strip'

// GSM 03.38, basic alphabet and extension table; the latter costs an escape besides the character.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('\f^{}\\[~]|€')

const lengths = {
  gsm7: { single: 160, each: 153 },
  ucs2: { single: 70, each: 67 },
} as const

const typography: readonly (readonly [RegExp, string])[] = [
  [/\r\n?/g, '\n'],
  [/[‘’‚‛′‹›]/g, "'"],
  [/[“”„‟″«»]/g, '"'],
  [/[\u2010-\u2015−]/g, '-'],
  [/…/g, '...'],
  [/[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' '],
  [/œ/g, 'oe'],
  [/Œ/g, 'OE'],
  // Nothing that a phone shows: other control characters, soft hyphens, zero-width space, byte order mark.
  [/[\u0000-\u0008\u000b\u000e-\u001f\u007f\u00ad\u200b\ufeff]/g, ''],
]

// Letters that Unicode does not take apart into a base letter and an accent.
const plainLetters: Readonly<Record<string, string>> = { ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', ħ: 'h', Ħ: 'H' }

/**
 * Decides the encoding instead of leaving it to the vendor, whose behaviour for letters outside GSM-7 is not known
 * (docs/vendors/smsfactor.md, text).
 */
export function smsTextOf(text: string, accents: Accents = 'keep'): SmsText {
  const plain = typography.reduce((so, [what, by]) => so.replace(what, by), text.normalize('NFC'))
  const bare = accents === 'strip' ? withoutAccents(plain) : plain
  if (isGsm7(bare)) return counted(bare, 0, Array.from(bare, septets), lengths.gsm7)
  return counted(
    plain,
    1,
    Array.from(plain, (character) => character.length),
    lengths.ucs2,
  )
}

/** How many text messages this text is sent as, after transliteration. */
export function partsOf(text: string, accents: Accents = 'keep'): number {
  return smsTextOf(text, accents).parts
}

function isGsm7(text: string): boolean {
  return Array.from(text).every((character) => basic.has(character) || extension.has(character))
}

function septets(character: string): number {
  return extension.has(character) ? 2 : 1
}

function withoutAccents(text: string): string {
  return Array.from(text, (character) => {
    if (isGsm7(character)) return character
    const base = plainLetters[character] ?? character.normalize('NFD').replace(/\p{Mn}/gu, '')
    return isGsm7(base) ? base : character
  }).join('')
}

/** A character of two units is never cut: it moves to the next part as a whole. */
function counted(
  text: string,
  unicode: 0 | 1,
  sizes: readonly number[],
  { single, each }: (typeof lengths)['gsm7' | 'ucs2'],
): SmsText {
  const units = sizes.reduce((sum, size) => sum + size, 0)
  if (units <= single) return { text, unicode, units, parts: 1 }
  let parts = 1
  let room: number = each
  for (const size of sizes) {
    if (size > room) {
      parts++
      room = each
    }
    room -= size
  }
  return { text, unicode, units, parts }
}
