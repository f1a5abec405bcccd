import type { Post } from '@stayward/core/testing'
import type { Clock } from '@stayward/core'
import { marksFor } from '../../src/intake/marks.ts'
import type { Part } from './parts.ts'

export interface PostedPart {
  readonly part: Part
  readonly connectionId: string
  /** The plot's name of a booking. */
  readonly stayOf: (ref: string) => string
}

/** Takes what fakes would have sent by now and hands it to a hub, where the adapter's own receiver reads it. */
export function collectWebhooks({ part, connectionId, stayOf }: PostedPart, post: Post, clock: Clock): void {
  const { adapter, config, fake, answered } = part
  const { webhook } = adapter
  for (const delivery of fake.dueWebhooks()) {
    if (!webhook) continue
    post.announce(async () => {
      const verdict = webhook.receive({
        method: 'POST',
        query: new URLSearchParams(),
        headers: new Headers(delivery.headers),
        rawBody: new TextEncoder().encode(delivery.body),
        config: adapter.config.parse(config) as never, // what its own schema gave is what its receiver takes
        now: clock.now(),
      })
      if (verdict.verdict !== 'accepted') return
      const { nudges, facts = [], proof } = verdict
      const proven = proof === 'signature' && webhook.signed ? facts : []
      await post.keep(marksFor(connectionId, nudges, proven), connectionId, proven)
      for (const nudge of nudges) if (nudge.kind === 'booking') post.acknowledged(stayOf(nudge.ref))
    })
    answered?.(delivery, 200)
  }
}
