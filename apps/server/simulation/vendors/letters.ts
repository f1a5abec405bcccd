import type { MessageClaim } from '@stayward/core'
import type { PhoneWatcher, Text } from '@stayward/core/testing'
import type { Names } from './own-words.ts'
import type { BookingPart, ChannelPart, Letter } from './parts.ts'

interface LettersKit {
  readonly booking: BookingPart
  readonly channel: ChannelPart
  readonly names: Names
  readonly watcher: PhoneWatcher
}

/** Sees what channels take and what arrives on phones. */
export class Letters {
  readonly #kit: LettersKit
  readonly #texts = { sms: [] as Text[], inbox: [] as Text[] }
  /** What was claimed for each key. */
  readonly #claimed = new Map<string, string>()

  constructor(kit: LettersKit) {
    this.#kit = kit
  }

  claimed({ message, text }: MessageClaim): void {
    this.#claimed.set(message.id, text)
  }

  collect(): void {
    const { booking, channel, watcher } = this.#kit
    for (const [way, part] of [['sms', channel] as const, ['inbox', booking] as const])
      for (const [index, letter] of part.letters().entries()) {
        const text = this.#texts[way][index] ?? this.#taken(way, letter)
        if (letter.arrivedAt === undefined || text.arrivedAt !== undefined) continue
        text.arrivedAt = letter.arrivedAt
        watcher.arrived(way, text)
      }
  }

  #taken(way: 'sms' | 'inbox', { key = '', to, text: shown, sentAt }: Letter): Text {
    const { channel, names, watcher } = this.#kit
    const meant = this.#claimed.get(key)
    const text: Text = {
      key,
      to: way === 'inbox' ? names.stay(to) : names.address(to),
      text: way === 'sms' && meant !== undefined && channel.says(shown, meant) ? meant : shown,
      sentAt,
    }
    this.#texts[way].push(text)
    watcher.taken(way, text)
    return text
  }
}
