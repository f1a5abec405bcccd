import type { DeviceState } from '@stayward/core/adapter'

/** Millivolts of the present four-cell lock, empty and full; fitted on real locks by one client. */
const [empty, full] = [6395, 8204]
const lowBelow = 6800
/** A lock below this is the older product, whose one known client divides by 40. */
const olderBelow = 4500

/** The charge from the lock's millivolts (docs/vendors/the-keys.md, "Battery"). Absent when there is no reading. */
export function batteryOf(millivolts: unknown): DeviceState['battery'] {
  if (typeof millivolts !== 'number' || !(millivolts > 0)) return undefined
  const older = millivolts < olderBelow
  const percent = older ? millivolts / 40 : ((millivolts - empty) / (full - empty)) * 100
  const shown = Math.round(Math.min(Math.max(percent, 0), 100))
  return { low: older ? shown < 20 : millivolts < lowBelow, percent: shown }
}
