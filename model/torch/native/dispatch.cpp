// One boxed entry into the dispatcher: any ATen operator by name, autograd included.
// Arguments that are not given take the defaults of the operator's schema.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <utility>
#include <vector>
#include "guard.h"
#include "handles.h"

namespace {

// c10::optional in libtorch 1.x, std::optional in later ones: taken from a signature that both have.
using maybe_tensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

c10::IValue list_value(const c10::Type& element, const ct_value& v) {
    switch (element.kind()) {
        case c10::TypeKind::TensorType: {
            c10::List<at::Tensor> list;
            list.reserve(v.count);
            for (int32_t i = 0; i < v.count; i++) list.push_back(borrow(static_cast<void**>(v.p)[i]));
            return list;
        }
        case c10::TypeKind::OptionalType: {
            c10::List<maybe_tensor> list;
            list.reserve(v.count);
            for (int32_t i = 0; i < v.count; i++) {
                void* handle = static_cast<void**>(v.p)[i];
                list.push_back(handle == nullptr ? maybe_tensor() : maybe_tensor(borrow(handle)));
            }
            return list;
        }
        case c10::TypeKind::FloatType: {
            const auto* data = static_cast<const double*>(v.p);
            return c10::List<double>(c10::ArrayRef<double>(data, v.count));
        }
        case c10::TypeKind::BoolType: {
            c10::List<bool> list;
            for (int32_t i = 0; i < v.count; i++) list.push_back(static_cast<const int64_t*>(v.p)[i] != 0);
            return list;
        }
        default: {
            const auto* data = static_cast<const int64_t*>(v.p);
            return c10::List<int64_t>(c10::ArrayRef<int64_t>(data, v.count));
        }
    }
}

// The boxed calling convention does not convert, so a value takes the form that the schema names.
c10::IValue to_ivalue(const c10::Type& declared, const ct_value& v) {
    const c10::Type* type = &declared;
    if (type->kind() == c10::TypeKind::OptionalType) {
        if (v.tag == CT_NONE) return {};
        type = type->castRaw<c10::OptionalType>()->getElementType().get();
    }
    switch (v.tag) {
        case CT_NONE: return type->kind() == c10::TypeKind::TensorType ? c10::IValue(at::Tensor()) : c10::IValue();
        case CT_TENSOR: return borrow(v.p);
        case CT_INT:
            if (type->kind() == c10::TypeKind::FloatType) return static_cast<double>(v.i);
            if (type->kind() == c10::TypeKind::BoolType) return v.i != 0;
            return v.i;
        case CT_DOUBLE: return v.d;
        case CT_BOOL:
            if (type->kind() == c10::TypeKind::BoolType || type->kind() == c10::TypeKind::NumberType) return v.i != 0;
            return v.i;
        case CT_STRING: {
            std::string text(static_cast<const char*>(v.p), v.count);
            if (type->kind() == c10::TypeKind::DeviceObjType) return c10::Device(text);
            return text;
        }
        default:
            TORCH_CHECK(type->kind() == c10::TypeKind::ListType, "a list was given for an argument of type ", declared.str());
            return list_value(*type->castRaw<c10::ListType>()->getElementType(), v);
    }
}

void flatten(const c10::IValue& value, std::vector<ct_value>& results) {
    ct_value out{};
    if (value.isTensor()) { out.tag = CT_TENSOR; out.p = give(value.toTensor()); }
    else if (value.isInt()) { out.tag = CT_INT; out.i = value.toInt(); }
    else if (value.isDouble()) { out.tag = CT_DOUBLE; out.d = value.toDouble(); }
    else if (value.isBool()) { out.tag = CT_BOOL; out.i = value.toBool(); }
    else if (value.isTensorList()) {
        for (const at::Tensor& t : value.toTensorVector()) flatten(t, results);
        return;
    }
    else TORCH_CHECK(value.isNone(), "a result of type ", value.tagKind(), " has no counterpart");
    results.push_back(out);
}

}  // namespace

CT_EXPORT int32_t ct_operator(const char* name, const char* overload, const void** result) {
    return guard([&] {
        *result = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
    });
}

// The results stand in a buffer of this thread until its next call.
CT_EXPORT int32_t ct_call(const void* op, const ct_value* args, int32_t count, const ct_value** results, int32_t* result_count) {
    return guard([&] {
        thread_local std::vector<ct_value> buffer;
        const auto& handle = *static_cast<const c10::OperatorHandle*>(op);
        const auto& declared = handle.schema().arguments();
        TORCH_CHECK(static_cast<size_t>(count) <= declared.size(), handle.schema(), " takes ", declared.size(), " arguments, not ", count);
        torch::jit::Stack stack;
        stack.reserve(declared.size() + 2);
        for (size_t i = 0; i < declared.size(); i++) {
            if (i < static_cast<size_t>(count)) {
                stack.push_back(to_ivalue(*declared[i].type(), args[i]));
            } else {
                TORCH_CHECK(declared[i].default_value().has_value(), handle.schema(), " needs its argument ", declared[i].name());
                stack.push_back(*declared[i].default_value());
            }
        }
        handle.callBoxed(&stack);
        buffer.clear();
        for (const auto& value : stack) flatten(value, buffer);
        *results = buffer.data();
        *result_count = static_cast<int32_t>(buffer.size());
    });
}
