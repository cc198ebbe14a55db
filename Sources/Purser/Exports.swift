// A user of the library imports Purser alone, and meets the types of these layers in its interface.
@_exported public import struct NIOCore.ByteBuffer
@_exported public import PurserCatalog
@_exported public import PurserIdentifiers
@_exported public import PurserMonitor
@_exported public import PurserOperations
@_exported public import PurserOptimizer
@_exported public import PurserProcessing
@_exported public import PurserStore
@_exported public import struct SystemPackage.FilePath
