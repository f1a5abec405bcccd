import type { Plot, Scene } from './plot.ts'
import type { Violation } from './truth.ts'

/** A run as a person reads it: the house, what happened in it, and what was wrong in the end. */
export function storyOf(plot: Plot, violations: readonly Violation[]): string {
  const { house, start, calmFrom, end } = plot
  const locks = house.locks.map(
    ({ readBack, canUpdate, readsPin, readsWindow, showsWithin, windowStep }, index) =>
      `lock-${index} (${readBack}${canUpdate ? '' : ', cannot update'}${readsPin ? '' : ', hides PINs'}${readsWindow ? '' : ', hides dates'}${showsWithin > 0 ? `, shows after up to ${showsWithin / 1000} s` : ''}, steps of ${windowStep / 1000} s)`,
  )
  const doors = house.doors.map(
    ({ name, lock }) => `${name} ${lock === undefined ? 'with a fixed code' : `on lock-${lock}`}`,
  )
  const lines = [
    `A house in ${house.zone}, check-in ${house.checkIn}, check-out ${house.checkOut}: ${house.units.map((path, unit) => `flat ${unit} behind ${path.map((door) => `door ${door}`).join(' and ')}`).join('; ')}.`,
    `Doors: ${doors.join(', ')}. Vendors: ${locks.join(', ')}. Guests are told by ${house.channels} (${house.mode}). ${plot.hubs} hub${plot.hubs === 1 ? '' : 's'}.`,
    `${time(start, start)} the run begins.`,
    ...plot.scenes.map((scene) => `${time(scene.at, start)} ${sentence(scene, start)}`),
    ...(plot.poison
      ? [
          `Every look at the ${plot.poison.kind} of ${plot.poison.kind === 'device' ? `door ${plot.poison.door}` : plot.poison.stay} fails.`,
        ]
      : []),
    ...(plot.pages ?? []).map(({ kind, about, openBy, closeBy }) => {
      return `A person has to be called (${kind}, ${about}) by ${time(openBy, start)}, and that has to be over by ${time(closeBy, start)}.`
    }),
    ...(plot.neighbour
      ? [
          `Another tenant has ${plot.neighbour.keys} keys to look at, always; each takes ${plot.neighbour.takes / 1000} s.`,
        ]
      : []),
    `${time(calmFrom, start)} everything is calm.`,
    `${time(end, start)} the run ends.`,
    ...violations.slice(0, 5).map(({ id, at, text }) => `✗ ${time(at, start)} ${id}: ${text}`),
  ]
  return lines.join('\n')
}

/** `day 2 14:03:10` of the run, in UTC. */
export function time(at: number, start: number): string {
  if (at > 8e15) return 'never'
  const day = Math.floor(at / 86_400_000) - Math.floor(start / 86_400_000) + 1
  return `day ${day} ${new Date(at).toISOString().slice(11, 19)}`
}

function sentence(scene: Scene, start: number): string {
  const until = 'until' in scene ? `until ${time(scene.until, start)}` : ''
  switch (scene.do) {
    case 'book': {
      const { state, unit, arrival, departure, phone } = scene.facts
      return `${scene.stay} is booked (${state}): flat ${unit}, ${arrival} to ${departure}, ${phone === undefined ? 'no phone' : 'with a phone'}.`
    }
    case 'change':
      return `${scene.stay} changes${scene.uponSend === undefined ? '' : ` while a message is on a slow way to its guest, or at ${time(scene.uponSend, start)}`}: ${Object.entries(
        scene.facts,
      )
        .map(([name, value]) => `${name} is ${value}`)
        .join(', ')}.`
    case 'hand':
      return `somebody with the app ${{ delete: 'deletes a code', disable: 'disables a code', window: 'changes the dates of a code', add: 'adds a code', 'make room': 'deletes a code that is not a guest’s' }[scene.act]} at door ${scene.door}.`
    case 'adopt':
      return `somebody with the app adds a code at door ${scene.door}, and the operator gives it to ${scene.stay} ${until}.`
    case 'deaf':
      return `webhooks ${{ W1: 'are lost', W2: 'come many times', W4: 'come hours late' }[scene.fault]} (${percent(scene.share)}) ${until}.`
    case 'weather': {
      const which = `${scene.times === undefined ? `${percent(scene.share)} of` : `the next ${scene.times}`} ${scene.call ?? 'all'} calls to ${scene.where}${scene.skip ? ` but the first ${scene.skip}` : ''}`
      return `${which} meet ${scene.as}, ${until}.`
    }
    case 'offline':
      return `${scene.fault === 'V1' ? 'the device' : 'the gateway'} of door ${scene.door} is offline ${until}.`
    case 'slow-sync':
      return `the device of door ${scene.door} takes nothing over ${until}.`
    case 'kill':
      return `hub ${scene.hub} dies; back: ${time(scene.until, start)}.`
    case 'die-at':
      return `hub ${scene.hub} dies at its ${scene.site + 1}. access of store or vendor from now, if ${until}${scene.again === undefined ? '' : `; its next life ends at the ${scene.again + 1}.`}.`
    case 'clock':
      return `the clock of hub ${scene.hub} is ${Math.round(Math.abs(scene.ahead) / 1000)} s ${scene.ahead > 0 ? 'ahead' : 'behind'} ${until}.`
    case 'freeze':
      return `hub ${scene.hub} is frozen ${until}.`
    case 'freeze-in':
      return `the hub that next starts ${scene.call} is frozen for ${(scene.until - scene.at) / 1000} s.`
    case 'brake-word':
      return `the operator ${scene.approve ? 'approves' : 'refuses'} what the brake holds, again and again ${until}.`
    case 'unmap':
      return `somebody takes all flats out of the mapping ${until}.`
    case 'vanish':
      return `the booking system no longer shows ${scene.stay} ${until}.`
    case 'account':
      return `the booking system's credentials open another account ${until}.`
    case 'drop':
      return `the ${scene.webhook}. webhook of the run is lost.`
    case 'swap':
      return `what happens at a port as the ${scene.event}. waits for the one after it.`
    case 'set-back':
      return `the database is put back to ${time(scene.at - scene.back, start)}; a person confirms it at ${time(scene.until, start)}.`
    case 'twin':
      return `a hub starts on a copy of the database from ${time(scene.at - scene.back, start)}, and the others go on; ${scene.counts ? `a person confirms at ${time(scene.until, start)} that the copy counts` : `it is turned off at ${time(scene.until, start)}`}.`
    case 'forge':
      return `somebody makes up webhooks about ${scene.about}, one each ${scene.every} ms, ${until}.`
    case 'store':
      return scene.fault === 'S5'
        ? `the database is away ${until}.`
        : `the database stores but its answers get lost (${percent(scene.share)}) ${until}.`
  }
}

const percent = (share: number) => `${Math.round(share * 100)} %`
