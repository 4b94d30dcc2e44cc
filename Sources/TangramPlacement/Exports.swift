// An embedder who imports the solver gets the words it speaks: hardware, models, demands, units.
@_exported public import TangramCost
@_exported public import TangramHardware
@_exported public import TangramModels
@_exported public import TangramUnits
