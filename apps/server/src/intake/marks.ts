import type { Fact, Mark, Nudge } from '@stayward/core'

/** What adapters promise of refs; anything else is no name of a thing and must not become a key. */
const refShape = /^[A-Za-z0-9._:-]{1,100}$/
/** One delivery that names more things than this is answered with one look at the whole connection. */
const mostKeys = 100

/** Keys to look at for what a webhook said. Never more than it said: what is not a name becomes a look at everything. */
export function marksFor(connectionId: string, nudges: readonly Nudge[], facts: readonly Fact[] = []): readonly Mark[] {
  const refs = new Set<string>()
  let everything = false
  for (const nudge of nudges) {
    const ref = nudge.kind === 'everything' ? undefined : nudge.kind === 'message' ? nudge.key : nudge.ref
    if (ref !== undefined && refShape.test(ref)) refs.add(ref)
    else everything = true
  }
  // What was told of a message is taken up by the look at its booking; whose word it was, by the look at the channel.
  for (const fact of facts) {
    if (fact.kind === 'message-delivery' && refShape.test(fact.key)) refs.add(fact.key)
    else everything = true
  }
  if (refs.size > mostKeys) return [lookAtConnection(connectionId)]
  const marks: Mark[] = [...refs].map((ref) => ({ kind: 'fetch', key: `${connectionId}/${ref}`, why: 'nudge' }))
  return everything ? [...marks, lookAtConnection(connectionId)] : marks
}

export function lookAtConnection(connectionId: string): Mark {
  return { kind: 'connection', key: connectionId, why: 'nudge' }
}
