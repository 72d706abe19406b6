import { test } from "uvu";
import * as assert from "uvu/assert";
import { nativeReason } from "../../src/engine/native-reason.ts";

test("of a failed assertion of ONNX Runtime what it means is left, without its source", () => {
  const text =
    "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const " +
    "onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. " +
    "Failed to get a WebGPU adapter: No supported adapters.\n";
  assert.is(nativeReason(new Error(text)), "Failed to get a WebGPU adapter: No supported adapters");
});

test("anything else stays as it is, its first line", () => {
  const plain = "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library";
  assert.is(nativeReason(new Error(plain)), plain);
  assert.is(nativeReason("no memory\nat 3"), "no memory");
  assert.is(
    nativeReason(new Error("/src/a.cc:1 f() x was false.")),
    "/src/a.cc:1 f() x was false.",
  );
});

test.run();
