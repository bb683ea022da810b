/** The store could not be reached, or refused to take more. Nothing was stored: the sender is asked to come again. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
