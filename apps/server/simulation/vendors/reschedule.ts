import type { StayFacts } from '@stayward/core/testing'

/** What the fakes of all booking systems take alike. */
interface Calendar {
  changeDates(ref: string, dates: Pick<StayFacts, 'arrival' | 'departure'>): void
  move(ref: string, unitRef: string): void
}

/** Gives a stay its dates and its flat, and rings only for what is another. */
export function reschedule(
  fake: Calendar,
  ref: string,
  before: StayFacts | undefined,
  { arrival, departure, unit }: StayFacts,
  unitRef: (unit: number) => string,
): void {
  if (before?.arrival !== arrival || before.departure !== departure) fake.changeDates(ref, { arrival, departure })
  if (before?.unit !== unit) fake.move(ref, unitRef(unit))
}
