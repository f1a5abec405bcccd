import type { Bug } from './bug.ts'
import { bookingBugs } from './bugs/bookings.ts'
import { codeBugs } from './bugs/codes.ts'
import { driftBugs } from './bugs/drift.ts'
import { intakeBugs } from './bugs/intake.ts'
import { machineryBugs } from './bugs/machinery.ts'
import { messageBugs } from './bugs/messages.ts'
import { timeBugs } from './bugs/times.ts'

export const bugBank: readonly Bug[] = [
  ...codeBugs,
  ...driftBugs,
  ...timeBugs,
  ...bookingBugs,
  ...messageBugs,
  ...intakeBugs,
  ...machineryBugs,
].sort((a, b) => a.id - b.id)

/** How many bugs the list has. */
export const listed = 74

/** Bugs whose part does not exist yet, with the part that is missing. */
export const notYet: ReadonlyMap<number, string> = new Map()
