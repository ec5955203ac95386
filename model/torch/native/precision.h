// bfloat16 where products are made, float where they are added up over time.
#pragma once
#include <ATen/core/Tensor.h>

// Whether this thread asked for autocast on the device of the tensor.
bool autocast_to_bfloat16(const at::Tensor& like);

// In bfloat16 where `low` says so; undefined stays undefined.
at::Tensor lowered(const at::Tensor& t, bool low);
