import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

// Locks that belong to the open file instead of the process; the numbers, as Swift does not see the names everywhere.
#if canImport(Darwin)
let openFileLockSet: CInt = 90
let openFileLockQuery: CInt = 92
#else
let openFileLockSet: CInt = 37
let openFileLockQuery: CInt = 36
#endif

// The system's functions under names that methods of the same name do not hide.

func systemOpen(_ path: UnsafePointer<CInterop.PlatformChar>, _ flags: CInt, _ permissions: mode_t) -> CInt {
    open(path, flags, permissions)
}

func systemClose(_ descriptor: CInt) -> CInt {
    close(descriptor)
}

func systemRename(
    _ old: UnsafePointer<CInterop.PlatformChar>,
    _ new: UnsafePointer<CInterop.PlatformChar>
) -> CInt {
    rename(old, new)
}

/// Makes a file or folder durable.
///
/// `fsync`, not `fdatasync`: what is synchronized here has just been written, so its length has changed, and both would
/// have to commit the same journal. On Darwin `fsync` leaves the bytes in the drive's cache, so its own call is used.
func systemSynchronize(_ descriptor: CInt) -> CInt {
    #if canImport(Darwin)
    fcntl(descriptor, F_FULLFSYNC)
    #else
    fsync(descriptor)
    #endif
}

/// Takes space on the disk and makes the file that long; -1 and `errno` on failure.
func systemPreallocate(_ descriptor: CInt, _ size: Int64) -> Int {
    #if canImport(Darwin)
    var request = fstore_t()
    request.fst_flags = UInt32(F_ALLOCATEALL)
    request.fst_posmode = F_PEOFPOSMODE
    request.fst_length = off_t(size)
    guard fcntl(descriptor, F_PREALLOCATE, &request) != -1 else { return -1 }
    return Int(ftruncate(descriptor, off_t(size)))
    #else
    let code = posix_fallocate(descriptor, 0, off_t(size))
    guard code != 0 else { return 0 }
    errno = code
    return -1
    #endif
}

/// Makes a call on a path until no signal interrupts it.
///
/// The body gives -1 and sets `errno` where it failed.
@discardableResult
func attempt(
    _ call: FileSystemCall,
    _ path: FilePath,
    _ body: (UnsafePointer<CInterop.PlatformChar>) -> CInt
) throws(FileSystemError) -> CInt {
    // `errno` is read before anything else runs that might change it.
    let (result, code): (CInt, Errno?) = path.withPlatformString { text in
        while true {
            let result = body(text)
            guard result == -1 else { return (result, nil) }
            let code = Errno(rawValue: errno)
            guard code == .interrupted else { return (result, code) }
        }
    }
    guard let code else { return result }
    throw FileSystemError(call, code, path)
}

/// Begins to read part of a file into the system's cache.
func systemPrefetch(_ descriptor: CInt, _ range: Range<Int64>) {
    #if canImport(Darwin)
    var request = radvisory(ra_offset: off_t(range.lowerBound), ra_count: CInt(clamping: range.count))
    _ = fcntl(descriptor, F_RDADVISE, &request)
    #else
    _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    #endif
}

/// Names the calling thread, for debuggers and `top -H`.
///
/// Not through `Thread`: on Linux its name is lost where the thread runs before its creator goes on.
func systemNameThread(_ name: String) {
    #if canImport(Darwin)
    _ = pthread_setname_np(name)
    #else
    // proc_pid_comm(5); Swift sees no `prctl` here. Without /proc it goes without a name.
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = name.withCString { write(file, $0, strlen($0)) }
    _ = close(file)
    #endif
}

/// Lets the calling thread give way where the processor is busy: it gets a tenth of the weight of others.
func systemLowerThread() {
    #if !canImport(Darwin)
    // On Linux a niceness is a thread's own (setpriority(2), Bugs); raising it is allowed to everybody.
    _ = setpriority(CInt(PRIO_PROCESS.rawValue), 0, 10)
    #endif
}
