/** For teams that embed Stayward: the rules and the engine. */
export * from './domain/booking.ts'
