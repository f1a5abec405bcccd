import type { AccessWindow } from './grant.ts'
import { instantOf, millisecondsOf } from './instant.ts'

/** The window as a device with steps of `step` milliseconds stores it: starts rounded down, ends up. */
export function steppedWindow({ from, until }: AccessWindow, step: number): AccessWindow {
  return {
    from: instantOf(Math.floor(millisecondsOf(from) / step) * step),
    until: instantOf(Math.ceil(millisecondsOf(until) / step) * step),
  }
}
