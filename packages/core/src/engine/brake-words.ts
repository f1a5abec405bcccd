import type { Instant } from '../domain/instant.ts'
import type { Alert, Effects, HeldLosses, LossAnswer } from '../ports/stores.ts'

/** What the operator is told while stays wait behind the brake. */
function brakeWords({
  waiting,
  connection,
}: Pick<LossAnswer, 'waiting' | 'connection'>): Omit<Alert, 'kind' | 'subject'> {
  return {
    text: `${connection} takes the access from unusually many stays at once; ${waiting === 1 ? 'one waits' : `${waiting} wait`} for your word and ${waiting === 1 ? 'keeps its' : 'keep their'} codes.`,
    remedy: 'See whether it is true: stayward brake list. Then: stayward brake approve <list>, or refuse <list>.',
    loud: 'page',
  }
}

/**
 * What the brake's answer means for the alert of its connection. A store puts it into the claim's own transaction: claims come
 * one after the other, the looks that made them do not, and a late one would take back what a person has to know by then.
 */
export function brakeAlert(answer: LossAnswer): Pick<Effects, 'raise' | 'settle'> {
  const name = { kind: 'brake', subject: `connection:${answer.connectionId}` } as const
  return answer.waiting === 0 ? { settle: [name] } : { raise: [{ ...name, ...brakeWords(answer) }] }
}

/** What a person's word about one list brings about. */
export function decidedEffects({ stays, connection }: HeldLosses, approve: boolean, now: Instant): Effects {
  return {
    now,
    timeline: stays.map(({ bookingId }) => ({
      bookingId,
      kind: approve ? 'brake-approved' : 'brake-refused',
      text: approve
        ? 'A person approved the list that this stay was on: its codes go.'
        : 'A person refused the list that this stay was on: its codes stay.',
      cause: 'person',
    })),
    settle: [{ kind: 'brake', subject: `connection:${connection.id}` }],
    marks: stays.map(({ bookingId }) => ({ kind: 'booking', key: bookingId, why: 'edit' })),
  }
}
