import type { MessageWriter } from '../../ports/message-writer.ts'

/** Texts that a simulated guest can read: a line for the kind, one for flat and dates, one for each door, in the order they are met. */
export const plainWriter: MessageWriter = {
  write: ({ kind, told }) => ({
    subject: kind,
    text: [
      kind,
      `${told.unit}, ${told.window.from} to ${told.window.until}`,
      ...told.doors.map(({ name, enter }) => `${name}: ${enter ?? '-'}`),
    ].join('\n'),
    language: 'en',
  }),
}

export interface Heard {
  readonly kind: string
  readonly unit: string
  /** From when until when, as the text says it. */
  readonly dates: string
  readonly doors: readonly { readonly name: string; readonly enter: string }[]
}

export function heard(text: string): Heard {
  const [kind = '', stay = '', ...lines] = text.split('\n')
  const doors = lines.map((line) => {
    const [name = '', enter = ''] = line.split(': ')
    return { name, enter }
  })
  const [unit = '', dates = ''] = stay.split(', ')
  return { kind, unit, dates, doors }
}

/** The same on each channel: a first telling there and a change here say one thing. */
export function factsIn(text: string): string {
  const { kind, ...facts } = heard(text)
  return JSON.stringify([kind === 'withdrawal', facts])
}
