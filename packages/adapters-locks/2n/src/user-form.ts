import { createHash } from 'node:crypto'
import {
  type CodeToWrite,
  type DirectoryEntry,
  instantOf,
  marked,
  markIn,
  millisecondsOf,
  type ObservedCode,
  type PinRules,
} from '@stayward/core/adapter'
import type { Entry } from './2n-api.ts'
import type { Template, User } from './2n-shapes.ts'
import { fitted, knows } from './template.ts'

/**
 * Ten digits first: a camera with firmware 2.x reads no shorter PIN from a QR code. No zero in front, which a QR reader
 * may drop. Even ones only: where the silent alarm is on, a PIN plus one calls for help (docs/vendors/2n.md, "PINs").
 */
export const pinRules: PinRules = {
  lengths: [10, 11, 12, 9, 8, 7, 6, 5, 4],
  digits: '0123456789',
  forbiddenPrefixes: ['0'],
  forbiddenPatterns: ['[13579]$'],
}

export function fits(pin: string): boolean {
  return /^[1-9]\d{2,10}[02468]$/.test(pin)
}

/** Windows are whole seconds. Milliseconds. */
export const windowStep = 1000

const nameMaxLength = 60
/** Where longer names are refused. */
export const shortName = 30
/** What is left for people when the mark stands in the name as well. */
export const labelMaxLength = nameMaxLength - 15

export type Credential = 'pin' | 'switch-code'

/** The entry's own id, worked out from its mark, so that a repeat after a lost answer finds the first one. */
export function uuidFor(serialNumber: string, mark: string): string {
  const hex = createHash('sha256').update(`stayward ${serialNumber} ${mark}`).digest('hex').toUpperCase()
  const variant = '89AB'.charAt(parseInt(hex.charAt(16), 16) % 4)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function isUuid(text: string): boolean {
  return /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(text)
}

/** Why this model cannot hold a guest's code; `undefined` when it can. */
export function whatLacks(template: Template, credential: Credential): string | undefined {
  if (!knows(template, 'access.validFrom') || !knows(template, 'access.validTo'))
    return 'This model cannot end a code by itself, so it holds no code for a guest.'
  if (credential === 'pin' && !knows(template, 'access.pin')) return 'This model knows no PIN of a person.'
  if (credential === 'switch-code' && !knows(template, 'access.code')) return 'This model knows no switch codes.'
  return undefined
}

/** A guest's entry with every field that is ours, as this device knows them. */
export function guestEntry(
  { mark, label, pin, window }: CodeToWrite,
  { uuid, template, credential, longest = nameMaxLength }: EntryPlace & { readonly credential: Credential },
): Entry {
  const wanted = {
    ...ownedBy(mark, label, template, longest),
    access: {
      validFrom: unixSeconds(Math.floor(millisecondsOf(window.from) / 1000)),
      validTo: unixSeconds(Math.ceil(millisecondsOf(window.until) / 1000)),
      accessPoints: [everybodysWay, everybodysWay],
      accessException: false,
      pin: credential === 'pin' ? pin : '',
      code: credential === 'switch-code' ? [pin, '', '', ''] : ['', '', '', ''],
    },
  }
  return { uuid, ...fitted(wanted, template) }
}

export interface EntryPlace {
  readonly uuid: string
  readonly template: Template
  readonly longest?: number
}

/** A name that visitors find, and whom it calls. */
export function callEntry(
  { mark, name, callTo }: DirectoryEntry,
  { uuid, template, longest = nameMaxLength }: EntryPlace,
): Entry {
  const wanted = { ...ownedBy(mark, name, template, longest), callPos: [{ peer: callTo ?? '' }] }
  return { uuid, ...fitted(wanted, template) }
}

const everybodysWay = { enabled: true, profiles: '' }

/** The mark stands in `owner` where there is one, else first in the name; an entry always has some name. */
function ownedBy(mark: string, words: string, template: Template, longest: number) {
  const plain = words.replaceAll(/[\r\n\t]+/g, ' ').trim()
  if (!knows(template, 'owner')) return { name: marked(mark, plain, longest) }
  return { owner: mark, name: plain === '' ? mark : plain.slice(0, Math.min(longest, labelMaxLength)).trimEnd() }
}

/** Text, as the device wants it. `"0"` would be "for ever", so it never leaves here. */
function unixSeconds(seconds: number): string {
  if (!(seconds > 0)) throw new RangeError('a bound of a window that the device would read as none')
  return String(seconds)
}

/** An entry that opens something, in our words; `undefined` for one that only has a name, a card or a number. */
export function observedOf(user: User): ObservedCode | undefined {
  const { uuid, access } = user
  const name = user.name ?? ''
  const owner = markIn(user.owner)
  const mark = owner ?? markIn(name)
  const pins = pinsOf(user)
  const window = { from: boundOf(access?.validFrom), until: boundOf(access?.validTo) }
  // Of an entry of ours that has lost its PIN the hub has to hear; a name to call has no window.
  if (pins.length === 0 && (mark === undefined || window.until === null)) return undefined
  const [entrance] = access?.accessPoints ?? []
  const isNarrowed = entrance?.enabled === false || (mark !== undefined && (entrance?.profiles ?? '') !== '')
  return {
    vendorRef: uuid.toUpperCase(),
    label: mark !== undefined && name.startsWith(mark) ? name.slice(mark.length).trim() : name,
    pin: pins[0] ?? '',
    window,
    ...(mark === undefined ? {} : { mark }),
    ...(isNarrowed ? { enabled: false } : entrance?.enabled === true ? { enabled: true } : {}),
  }
}

/** Everything that somebody may type for this entry. */
export function pinsOf({ access }: User): readonly string[] {
  return [access?.pin, ...(access?.code ?? [])].filter((pin): pin is string => typeof pin === 'string' && pin !== '')
}

/** Of the year 9999; later ones have no spelling as an instant. */
const lastSecond = 253_402_300_799

/** A bound that is not there has its default, and the default is none. */
function boundOf(seconds: string | null | undefined) {
  const value = Number(seconds ?? '0')
  return value > 0 ? instantOf(Math.min(value, lastSecond) * 1000) : null
}
