/** For adapter authors and embedding teams: contract kits, in-memory ports, faults. */
export * from './faults.ts'
export * from './vendor-fake.ts'
export type * from './kits/subject.ts'
