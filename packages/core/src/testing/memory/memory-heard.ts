import type { Fact } from '../../adapter/webhook.ts'
import { type Instant, plus } from '../../domain/instant.ts'
import { limits } from '../../domain/limits.ts'
import type { DeliveryState, HeardReport } from '../../ports/notifier.ts'
import type { Heard, HeardQuery } from '../../ports/stores.ts'
import type { MemoryState } from './memory-state.ts'

/** From what is known first to what outdoes everything: webhooks come in any order. */
const ranks: readonly DeliveryState[] = ['pending', 'sent', 'failed', 'delivered', 'read']
const rank = ({ state }: Pick<HeardReport, 'state'>) => ranks.indexOf(state)

/** Keeps what a signed webhook of this channel told. */
export function hear({ heard }: MemoryState, channel: string, facts: readonly Fact[]): void {
  const stored = heard.get(channel) ?? { reports: new Map(), words: new Map() }
  heard.set(channel, stored)
  for (const fact of facts) {
    if (fact.kind === 'word') {
      const { kind: _kind, ...word } = fact
      if (!stored.words.has(word.id)) stored.words.set(word.id, word)
      continue
    }
    const { kind: _kind, ...report } = fact
    const before = stored.reports.get(report.key)
    if (before && rank(before) >= rank(report)) continue
    const { alias = before?.alias, vendorRef = before?.vendorRef } = report
    stored.reports.set(report.key, {
      ...report,
      ...(alias === undefined ? {} : { alias }),
      ...(vendorRef === undefined ? {} : { vendorRef }),
    })
  }
}

export function heardOn(state: MemoryState, channel: string, { keys, address }: HeardQuery): Heard {
  const stored = state.heard.get(channel)
  if (!stored) return { reports: [], words: [] }
  const reports = keys.flatMap((key) => stored.reports.get(key) ?? [])
  const names = new Set([address, ...reports.flatMap(({ alias }) => alias ?? [])])
  const words = [...stored.words.values()]
    .filter(({ from }) => from.some((name) => names.has(name)))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ from: _from, ...word }) => word)
  return { reports: reports.map(({ alias: _alias, ...report }) => report), words: words.slice(-50) }
}

/** Whether the recipient of this message has written since, and no booking shows it yet. */
export function hasUnreadWord(
  state: MemoryState,
  channel: string,
  message: { readonly id: string; readonly to: string; readonly claimedAt?: Instant; readonly bookingId: string },
): boolean {
  const { words } = heardOn(state, channel, { keys: [message.id], address: message.to })
  return words.some(
    ({ at }) =>
      message.claimedAt !== undefined &&
      at >= plus(message.claimedAt, -limits.clockTolerance) &&
      !state.replies.some(
        (reply) => reply.bookingId === message.bookingId && reply.channel === channel && reply.at === at,
      ),
  )
}
