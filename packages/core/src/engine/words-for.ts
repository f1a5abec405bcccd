import type { Message } from '../domain/message.ts'
import type { StayView } from '../ports/stores.ts'
import type { OpenedChannel } from './channels.ts'
import type { Engine } from './engine.ts'

/** A message in this guest's words. */
export function wordsFor(
  { writer }: Engine,
  { booking: { guest } }: StayView,
  { kind, told }: Pick<Message, 'kind' | 'told'>,
  form: OpenedChannel['form'],
) {
  const guestName = guest.firstName ?? guest.name
  return writer.write({
    kind,
    told,
    form,
    ...(guest.language === undefined ? {} : { language: guest.language }),
    ...(guestName === undefined ? {} : { guestName }),
  })
}
