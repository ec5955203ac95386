// The memory behind the tensors of the CPU. A network asks for the same large blocks in every step; malloc gives such
// blocks back to the system each time, and touching fresh pages then costs more than the arithmetic on them (measured:
// 9 ms for the 32 MiB of one gate tensor, whose convolution takes 25 ms). Freed blocks are kept here for the next step.
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <list>
#include <mutex>
#include <unordered_map>
#include "guard.h"

namespace {

constexpr size_t kCached = size_t{1} << 17;    // Smaller blocks stay with malloc, which keeps them itself.
constexpr size_t kHugePage = size_t{1} << 21;  // Blocks of several of these ask for huge pages.
constexpr size_t kHeader = 64;                 // In front of the data; libtorch aligns to 64 bytes too.

struct Header {
    size_t bytes;  // Of the whole block.
};

class BlockCache {
 public:
    void* take(size_t bytes) {
        const std::lock_guard<std::mutex> lock(mutex_);
        void* block = reuse(bytes);
        if (block == nullptr) {
            // What is kept for later never takes the process above its highest use by more than a quarter.
            const size_t highest = std::max(peak_, in_use_ + bytes);
            shrink(highest / 4 + (highest - in_use_ - bytes));
            block = map(bytes);
        }
        if (block == nullptr) {
            shrink(0);
            block = map(bytes);
        }
        if (block == nullptr) return nullptr;
        in_use_ += bytes;
        peak_ = std::max(peak_, in_use_);
        return block;
    }

    void give(void* block, size_t bytes) {
        const std::lock_guard<std::mutex> lock(mutex_);
        in_use_ -= bytes;
        free_.push_front({block, bytes});
        by_size_[bytes].push_front(free_.begin());
        cached_ += bytes;
    }

    void clear() {
        const std::lock_guard<std::mutex> lock(mutex_);
        shrink(0);
        peak_ = in_use_;
    }

    void report(int64_t* in_use, int64_t* cached, int64_t* peak) {
        const std::lock_guard<std::mutex> lock(mutex_);
        *in_use = static_cast<int64_t>(in_use_);
        *cached = static_cast<int64_t>(cached_);
        *peak = static_cast<int64_t>(peak_);
    }

    // Eight sizes between a power of two and the next, so that nearly equal requests share blocks.
    static size_t round_up(size_t bytes) {
        size_t step = kCached / 8;
        while (step * 16 < bytes) step *= 2;
        return (bytes + step - 1) / step * step;
    }

 private:
    struct Block { void* start; size_t bytes; };
    using Blocks = std::list<Block>;  // The one that was freed last is in front.

    void* reuse(size_t bytes) {
        const auto found = by_size_.find(bytes);
        if (found == by_size_.end() || found->second.empty()) return nullptr;
        const auto block = found->second.front();
        found->second.pop_front();
        void* start = block->start;
        free_.erase(block);
        cached_ -= bytes;
        return start;
    }

    void shrink(size_t limit) {
        while (cached_ > limit) {
            const Block oldest = free_.back();
            by_size_[oldest.bytes].pop_back();
            free_.pop_back();
            cached_ -= oldest.bytes;
            munmap(oldest.start, oldest.bytes);
        }
    }

    static void* map(size_t bytes) {
        const bool huge = bytes >= 2 * kHugePage;
        const size_t room = huge ? bytes + kHugePage : bytes;
        void* mapped = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) return nullptr;
        if (!huge) return mapped;
        char* start = static_cast<char*>(mapped);
        const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(start) % kHugePage) % kHugePage;
        if (before > 0) munmap(start, before);
        if (before < kHugePage) munmap(start + before + bytes, kHugePage - before);
        madvise(start + before, bytes, MADV_HUGEPAGE);
        return start + before;
    }

    std::mutex mutex_;
    Blocks free_;
    std::unordered_map<size_t, std::list<Blocks::iterator>> by_size_;
    size_t in_use_ = 0, cached_ = 0, peak_ = 0;
};

std::atomic<int64_t> small_bytes{0};

// Never destroyed: tensors that live in static variables are freed after everything else.
BlockCache& cache() {
    static auto* const blocks = new BlockCache;
    return *blocks;
}

void release(void* data) {
    if (data == nullptr) return;
    auto* header = reinterpret_cast<Header*>(static_cast<char*>(data) - kHeader);
    if (header->bytes < kCached) {
        small_bytes -= static_cast<int64_t>(header->bytes);
        std::free(header);
    } else cache().give(header, header->bytes);
}

// The base class lost a const in libtorch 2.3 and gained copy_data: the functions that fit override, the others idle.
struct CachingAllocator final : c10::Allocator {
    c10::DataPtr allocate(size_t bytes) const { return made(bytes); }
    c10::DataPtr allocate(size_t bytes) { return made(bytes); }
    void copy_data(void* target, const void* source, size_t bytes) const { std::memcpy(target, source, bytes); }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }

 private:
    static c10::DataPtr made(size_t bytes) {
        if (bytes == 0) return {nullptr, c10::Device(c10::DeviceType::CPU)};
        size_t whole = bytes + kHeader;
        void* block = nullptr;
        if (whole >= kCached) {
            whole = BlockCache::round_up(whole);
            block = cache().take(whole);
        } else if (posix_memalign(&block, kHeader, whole) != 0) {
            block = nullptr;
        }
        if (block == nullptr) C10_THROW_ERROR(OutOfMemoryError, c10::str("not enough memory: a tensor needs ", bytes, " bytes"));
        if (whole < kCached) small_bytes += static_cast<int64_t>(whole);
        static_cast<Header*>(block)->bytes = whole;
        void* data = static_cast<char*>(block) + kHeader;
        return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
    }
};

const bool installed = [] {
    static CachingAllocator allocator;
    c10::SetCPUAllocator(&allocator, 1);
    return true;
}();

}  // namespace

CT_EXPORT int32_t ct_cpu_memory(int64_t* in_use, int64_t* cached, int64_t* peak) {
    return guard([&] {
        cache().report(in_use, cached, peak);
        *in_use += small_bytes;
    });
}

CT_EXPORT int32_t ct_empty_cache() {
    return guard([] { cache().clear(); });
}
