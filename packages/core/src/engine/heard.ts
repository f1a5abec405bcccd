import { plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import type { Message } from '../domain/message.ts'
import type { MessageReport, Reply } from '../ports/notifier.ts'
import type { Heard, StayView, TenantStore } from '../ports/stores.ts'

/** What signed webhooks told of this guest's messages on one channel, in the words of a channel that is asked. */
export interface Listening {
  /** When the guest last wrote. */
  readonly heardAt?: Reply['at']
  readonly optedOut: boolean
  reportOn(key: string): MessageReport | undefined
  repliesSince(from: string, since: Reply['at']): readonly Reply[]
}

export async function listen(
  store: TenantStore,
  { messages }: Pick<StayView, 'messages'>,
  channel: string,
  address: string,
): Promise<Listening> {
  const keys = messages.flatMap((message) => (isOn(message, channel) ? message.id : []))
  const { reports, words }: Heard = await store.heardOn(channel, { keys, address })
  const heardAt = words.at(-1)?.at
  const lastStop = words.findLastIndex(({ optsOut }) => optsOut)
  return {
    ...(heardAt === undefined ? {} : { heardAt }),
    optedOut: lastStop >= 0 && !words.slice(lastStop + 1).some(({ text }) => isStart(text)),
    reportOn: (key) => reports.find((report) => report.key === key),
    repliesSince: (from, since) =>
      words
        .filter(({ at }) => at >= plus(since, -limits.clockTolerance))
        .map(({ at, text, optsOut }) => ({ from, at, text, optsOut })),
  }
}

const isOn = ({ channel, claimedAt }: Message, name: string) => channel === name && claimedAt !== undefined

const isStart = (text: string) => /^\s*start\s*[.!]?\s*$/i.test(text)
