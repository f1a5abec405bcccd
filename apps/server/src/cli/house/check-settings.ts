import { isSupportedCountry } from 'libphonenumber-js'
import { e164 } from '../../compose/phone-numbers.ts'
import { problemsOf } from '../../messages/message-writer.ts'
import type { Problem } from '../refusal.ts'
import { boundsOf, type DescribedSettings, durationOf, durations, durationText, placeOf } from './house-file.ts'
import { connectionsOf, type KnownHouse } from './known-house.ts'

export function checkSettings(
  settings: DescribedSettings,
  { connections, adapters }: Pick<KnownHouse, 'connections' | 'adapters'>,
): readonly Problem[] {
  const problems: Problem[] = []
  const wrong = (text: string, remedy: string) => void problems.push({ text, remedy })
  const { language, phoneCountry, channels, alarm, templates } = settings
  if (language != null && !/^[a-z]{2}$/.test(language))
    wrong(`"${language}" is not a language.`, 'Use two small letters, such as "fr".')
  if (phoneCountry != null && !isSupportedCountry(phoneCountry))
    wrong(`"${phoneCountry}" is not a country.`, 'Use its two capital letters, such as "FR".')
  for (const channel of channels ?? []) {
    const connection = connections.find(({ name }) => name === channel)
    if (channel !== 'inbox' && connection?.port !== 'notifier')
      wrong(
        connection ? `"${channel}" sends no messages.` : `There is no channel "${channel}".`,
        `"inbox" is the booking system's own. ${connectionsOf(connections, ['notifier'])}`,
      )
  }
  if (new Set(channels).size < (channels ?? []).length) wrong('A channel is named twice.', 'Name each once.')
  for (const name of durations) {
    const text = settings[name]
    const length = text == null ? undefined : durationOf(text)
    if (text != null && length === undefined)
      wrong(`"${text}" is not a length of time.`, 'Write it with its unit: 90s, 30m, 72h or 3d.')
    const [least, most] = boundsOf[name] ?? []
    if (length !== undefined && least !== undefined && most !== undefined && (length < least || length > most))
      wrong(`"${text}" does not do for ${name}.`, `From ${durationText(least)} to ${durationText(most)}.`)
  }
  if (alarm != null) {
    const place = placeOf(alarm)
    const connection = connections.find(({ name }) => name === place?.connection)
    if (!place || !connection)
      wrong(
        `The alarm address names no connection.`,
        `Write it as connection and address, for example sms:+33612345678. ${connectionsOf(connections, ['notifier'])}`,
      )
    else if (connection.port !== 'notifier')
      wrong(`"${connection.name}" sends no messages.`, connectionsOf(connections, ['notifier']))
    else {
      const adapter = adapters.get(connection.adapter)
      const kind = adapter?.port === 'notifier' ? adapter.capabilities.address : undefined
      if (kind === 'phone' && e164(place.id, undefined) === undefined)
        wrong('The alarm address is not a phone number.', 'Write it with its country code: +33612345678')
      if (kind === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(place.id))
        wrong('The alarm address is not a mail address.', 'Write it as name@example.com')
    }
  }
  for (const text of templates ? problemsOf(templates) : [])
    wrong(text, 'The templates as they ship are in apps/server/src/messages/templates.ts.')
  return problems
}
