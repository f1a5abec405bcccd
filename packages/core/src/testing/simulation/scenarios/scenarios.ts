import { moreDoors } from './more-doors.ts'
import { oneDoor } from './one-door.ts'
import type { Scenario } from './scenario.ts'

/** The canonical stories of the trade. */
export const scenarios: readonly Scenario[] = [...oneDoor, ...moreDoors].sort((a, b) => a.number - b.number)
