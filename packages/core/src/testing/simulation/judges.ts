import { blackoutJudge } from './invariants/blackout.ts'
import { brakeJudge } from './invariants/brake.ts'
import { counters } from './invariants/counters.ts'
import { endingJudge } from './invariants/ending.ts'
import { engineJudge } from './invariants/engine.ts'
import { evidenceJudge } from './invariants/evidence.ts'
import { clockJudge } from './invariants/wrong-clocks.ts'
import { entryJudge } from './invariants/entry.ts'
import { fallbackJudge } from './invariants/fallback.ts'
import { inactionJudge } from './invariants/inaction.ts'
import { inHouseJudge } from './invariants/in-house.ts'
import { messageJudge } from './invariants/messages.ts'
import { restoreJudge } from './invariants/restore.ts'
import { moveJudge } from './invariants/moves.ts'
import { orphanJudge } from './invariants/orphans.ts'
import { pinJudge } from './invariants/pins.ts'
import { toldJudge } from './invariants/told.ts'
import { waitJudge } from './invariants/told-to-wait.ts'
import { writeJudge } from './invariants/writes.ts'
import type { Judge } from './judge.ts'
import type { Truth } from './truth.ts'

/** Every family of invariants. */
export function judgesOf(truth: Truth): readonly Judge[] {
  // Whose key is poisoned cannot be helped; its neighbours are compared with a run without it (`disturbed.ts`).
  if (truth.plot.poison) return [engineJudge(truth), writeJudge(truth)]
  return [
    entryJudge,
    orphanJudge,
    moveJudge,
    writeJudge,
    pinJudge,
    messageJudge,
    evidenceJudge,
    engineJudge,
    endingJudge,
    restoreJudge,
    toldJudge,
    blackoutJudge,
    fallbackJudge,
    inHouseJudge,
    waitJudge,
    clockJudge,
    brakeJudge,
    inactionJudge,
    counters,
  ].map((judge) => judge(truth))
}
