// The umbrella: one import for everything but the command line.
@_exported public import TangramCost
@_exported public import TangramDocument
@_exported public import TangramHardware
@_exported public import TangramHost
@_exported public import TangramModels
@_exported public import TangramPlacement
@_exported public import TangramReport
@_exported public import TangramSimulation
@_exported public import TangramSpec
@_exported public import TangramUnits
@_exported public import TangramValidation
@_exported public import TangramWorkers
