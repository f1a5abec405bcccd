import { type Loss, lossOf, type LossVerdict, underBrake } from '../domain/brake.ts'
import type { Instant } from '../domain/instant.ts'
import type { AccessPlan } from '../domain/plan-access.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import type { LossClaim, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'

/** What is left of a plan once the brake has been asked. */
export interface Braked {
  readonly plan: GrantPlan
  readonly access: AccessPlan
  readonly story: readonly TimelineEntry[]
}

/** Asks the brake before anything is taken from a guest, and follows it. `replan` is what a changed grant needs of codes. */
export async function mindBrake(
  { store }: Engine,
  look: Look,
  view: StayView,
  wished: { readonly plan: GrantPlan; readonly access: AccessPlan },
  replan: (plan: GrantPlan) => AccessPlan,
  now: Instant,
): Promise<Braked> {
  const loss = lossOf(wished.plan, wished.access, view.codes, now)
  const waits = view.loss?.state === 'held' || view.loss?.state === 'refused'
  if (!loss && !waits) return { ...wished, story: [] }
  const { verdict } = await store.claimLoss(look, claimOf(view, wished.plan, loss, now))
  if (!loss || verdict === 'clear') return { ...wished, story: [] }
  const under = heldBack(wished, loss, verdict, replan)
  return { ...under, story: loss.whole ? [] : [keptLine(view.booking.id)] }
}

/** What is asked of the brake for this stay. */
export function claimOf(
  { booking, property }: StayView,
  plan: GrantPlan,
  loss: Loss | undefined,
  now: Instant,
): LossClaim {
  const toPropertyId = plan.status === 'granted' ? property?.id : undefined
  return {
    bookingId: booking.id,
    bookingVersion: booking.version,
    codeIds: loss?.codeIds ?? [],
    whole: loss?.whole ?? false,
    ...(toPropertyId === undefined ? {} : { toPropertyId }),
    now,
  }
}

/** A plan that the brake holds: a whole loss waits altogether, a door that is left stays open beside the new one. */
export function heldBack(
  wished: Pick<Braked, 'plan' | 'access'>,
  loss: Loss,
  verdict: Exclude<LossVerdict, 'clear'>,
  replan: (plan: GrantPlan) => AccessPlan,
): Pick<Braked, 'plan' | 'access'> {
  if (!loss.whole) return { plan: wished.plan, access: keeping(wished.access, loss) }
  const plan = underBrake(verdict)
  return { plan, access: replan(plan) }
}

/** The guest gets in at the new door, and may go on using the one that was left. */
function keeping(access: AccessPlan, { codeIds }: Loss): AccessPlan {
  return {
    ...access,
    close: access.close.filter(({ codeId }) => !codeIds.includes(codeId)),
    waiting: [...access.waiting, ...codeIds],
  }
}

export function keptLine(bookingId: string): TimelineEntry {
  return {
    bookingId,
    kind: 'brake-held',
    text: 'Unusually many stays are moved at once, so the code at the door that was left stays until a person has agreed.',
    remedy: 'See whether it is true: stayward brake list. Then approve or refuse the list.',
  }
}
