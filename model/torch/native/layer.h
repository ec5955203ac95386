// What the steps of a ConvLSTM layer share, forward and backward.
#pragma once
#include "convlstm.h"
#include "steps.h"
#include "winograd.h"

// A piece of images of several steps that lie one after the other.
struct sequence {
    at::Tensor buffer;
    int64_t batch;

    at::Tensor at(int64_t step, int64_t count = 1) const {
        return buffer.defined() ? buffer.narrow(0, step * batch, count * batch) : at::Tensor();
    }
};

// The tensors around the step at time t.
class layer {
 public:
    layer(const convlstm_inputs& in, const convlstm_outputs& out, bool keep);

    int64_t batch() const { return batch_; }
    bool started() const { return started_; }
    at::Tensor hidden_before(int64_t t) const { return started_ || t > 0 ? hidden_.at(t - 1 + started_) : at::Tensor(); }
    at::Tensor cell_before(int64_t t) const { return t == 0 ? start_cell_ : cell(t - 1); }
    at::Tensor cell(int64_t t) const { return cells_.at(keep_ ? t : 0); }
    at::Tensor activated(int64_t t) const { return activated_.at(t); }
    at::Tensor input(int64_t t) const { return input_.at(t); }
    at::Tensor hidden(int64_t t) const { return hidden_.at(t + started_); }

 private:
    bool started_, keep_;
    int64_t batch_;
    at::Tensor start_cell_;
    sequence input_, hidden_, cells_, activated_;  // Hidden states from the one before the first step, where there is one.
};

// Makes the gates of a step and does their arithmetic.
class gates_of_step {
 public:
    explicit gates_of_step(const convlstm_inputs& in);

    // Whether the gates never stand in memory as a whole, so that the part of the input must not be computed ahead.
    bool pixel_by_pixel() const { return winograd_; }

    // `step` holds all but the gates. `ahead` is what the input adds to them, where it is known already.
    void run(const at::Tensor& input, const at::Tensor& hidden, const at::Tensor& ahead, step_forward_tensors step) const;

 private:
    at::Tensor input_weight_, state_weight_, bias_;
    bool winograd_, low_;
    winograd_weights first_, later_;  // Without and with a hidden state.
};
