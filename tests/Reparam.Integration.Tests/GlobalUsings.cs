global using Reparam.Integration.Tests.Harness;
