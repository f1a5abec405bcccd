/**
 * Where an adapter or its fake differs from the vendor's published description on purpose. Held against every difference as
 * it is printed (`GET /user · answer 200/data/company must be string`); one that meets none any more is an error as well.
 */
export interface Deviation {
  readonly at: RegExp
  readonly why: string
}
