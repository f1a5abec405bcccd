import { limits } from '../../domain/limits.ts'
import type { Mark, WorkQueue } from '../../ports/work-queue.ts'
import type { Scene } from './plot.ts'
import type { World } from './world.ts'

type SetBack = Extract<Scene, { do: 'set-back' }>

/** S7: takes the copy at its time, puts it back at another, and has a person confirm it. Devices and phones go on. */
export function stageSetBack(world: World, scene: SetBack): void {
  const { schedule, truth, hubs, lost, backUp } = world
  schedule.at(scene.at - scene.back, () => {
    const from = schedule.instant()
    const putBack = backUp()
    const knowAgain = truth.remember()
    schedule.at(scene.at, () => {
      for (const hub of hubs) hub.die(scene.at + 1000)
      putBack()
      knowAgain()
      lost.current = { from, until: schedule.instant() }
      schedule.at(scene.at + 1000, () => lookAtAll(world))
    })
  })
  schedule.at(scene.until, () => {
    if (lost.current) lookAtAll(world)
  })
  schedule.at(scene.until + limits.readsFirst, () => {
    if (!lost.current) return
    lost.current = { ...lost.current, confirmedAt: schedule.instant() }
    truth.happened('restore mode entered and left')
    lookAtAll(world)
  })
}

/** As a hub does that notices, or hears that a person has confirmed, and once more when it goes on. */
export function lookAtAll(
  { schedule, truth, ids, tenantId, queue: work }: World,
  queue: Pick<WorkQueue, 'mark'> = work,
): void {
  const mark = (kind: Mark['kind'], key: string): Mark => ({ kind, key, why: 'edit' })
  const marks = [
    mark('connection', ids.source),
    ...Array.from(ids.devices.values(), (id) => mark('device', id)),
    ...Array.from(truth.refs.keys()).flatMap((id) => [mark('booking', id), mark('messages', id)]),
  ]
  schedule.begin(async () => await queue.mark(tenantId, marks, [], schedule.instant()))
}
