import type { MessageWriter } from '../../src/ports/message-writer.ts'

/** Says everything that was told in one line, so that a phone shows what its guest knows. */
export const plainWriter: MessageWriter = {
  write: ({ kind, told, guestName, form }) => {
    const doors = told.doors.map(({ name, enter }) => `${name}=${enter ?? '-'}`).join(' ')
    const text = `${kind} ${told.unit} [${doors}] ${told.window.from}..${told.window.until} ${guestName ?? ''} ${form}`
    return { subject: kind, text, language: 'en', values: { said: text } }
  },
}

export interface Heard {
  readonly kind: string
  readonly unit: string
  readonly doors: Readonly<Record<string, string>>
  readonly until: string
}

/** What a guest understands of one message. */
export function heard(text: string): Heard {
  const [, kind = '', unit = '', doors = '', until = ''] = /^(\S+) (.*?) \[(.*)\] \S+\.\.(\S+)/.exec(text) ?? []
  const entries = doors.split(' ').map((door) => door.split('='))
  return { kind, unit, doors: Object.fromEntries(entries) as Record<string, string>, until } // pairs by construction
}
